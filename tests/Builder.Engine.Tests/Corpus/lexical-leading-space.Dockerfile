   # a comment with space
   FROM corpus/base
     ENV A=1
   RUN echo $A > /a

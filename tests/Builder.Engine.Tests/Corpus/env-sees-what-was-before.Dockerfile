FROM corpus/base
ENV a=old
ENV a=new b=$a
RUN echo $a $b > /ab

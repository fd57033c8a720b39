# a comment
# escape=`
FROM corpus/base
RUN echo a\
b > /ab

FROM corpus/base
ENV A=1 \

    B=2 \

    C=3
RUN echo $A$B$C > /abc

FROM corpus/base
ARG A=1
RUN echo $A > /one
ARG A=2
RUN echo $A > /two

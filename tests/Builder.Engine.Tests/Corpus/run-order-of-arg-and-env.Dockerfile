#: arg=X=3
FROM corpus/base
ARG X=2
ENV X=1
RUN echo $X > /arg-then-env
ENV Y=1
ARG Y=2
RUN echo $Y > /env-then-arg
ENV Z=$Y

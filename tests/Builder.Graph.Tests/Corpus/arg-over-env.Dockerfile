FROM scratch
ENV X=1
ARG X=2
RUN x
ENV Y=$X

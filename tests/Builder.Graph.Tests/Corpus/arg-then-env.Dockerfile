FROM scratch
ARG X=2
ENV X=1
RUN x

FROM scratch
ARG A=1
ARG A=2
RUN x

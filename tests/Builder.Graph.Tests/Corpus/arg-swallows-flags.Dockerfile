FROM scratch
ARG --x A=1
RUN x

FROM scratch
USER 1000:50
WORKDIR /home/x
RUN x

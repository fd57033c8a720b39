FROM scratch
CMD a
SHELL ["/b", "-c"]
ENTRYPOINT b

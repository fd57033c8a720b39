FROM scratch
USER x

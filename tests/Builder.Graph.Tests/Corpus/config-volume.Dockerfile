FROM scratch
VOLUME /b /a
VOLUME ["/c d"]

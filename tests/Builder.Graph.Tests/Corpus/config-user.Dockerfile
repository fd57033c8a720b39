FROM scratch
USER "a b"
USER u:g

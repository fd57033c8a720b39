FROM scratch
COPY -- --y z
RUN --network=none -- --x

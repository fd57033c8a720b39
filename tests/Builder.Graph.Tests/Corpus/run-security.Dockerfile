FROM scratch
RUN --security=insecure a
RUN --security=sandbox b

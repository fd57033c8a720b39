FROM scratch
COPY --from=corpus/base /bin/busybox /bin/sh
ENV PATH=
RUN echo on scratch > /made
RUN ["/bin/sh", "-c", "echo again >> made"]

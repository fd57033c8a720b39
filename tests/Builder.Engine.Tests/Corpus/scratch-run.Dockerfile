# R8: what a step needs in an empty root (dev, proc, sys) is not in its layer (spec/dockerfile.md, "Where Builder differs")
FROM scratch
COPY --from=corpus/base /bin/busybox /bin/sh
ENV PATH=
RUN echo on scratch > /made
RUN ["/bin/sh", "-c", "echo again >> made"]

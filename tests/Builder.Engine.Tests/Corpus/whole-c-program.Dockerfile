FROM corpus/base AS build
WORKDIR /src
COPY app/*.c ./
COPY app/sub sub
RUN for f in *.c sub/*.c; do cat $f; done > program && chmod 755 program
FROM scratch
COPY --from=build --chown=65532:65532 /src/program /program
USER 65532
EXPOSE 8080
ENTRYPOINT ["/program"]

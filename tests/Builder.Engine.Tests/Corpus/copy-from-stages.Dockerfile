FROM corpus/base AS Build
WORKDIR /src
RUN echo built > out && chown 5:6 out && chmod 4750 out && ln out twin && ln -s out link && mkdir -m 700 private && chown 7:7 private && echo p > private/p && mkfifo pipe
FROM scratch AS other
COPY hello.txt /src/hello
FROM scratch
COPY --from=build /src /all
COPY --from=BUILD src/out /one
COPY --from=0 /src/link /followed
COPY --from=1 /src/* /numbered/
COPY --from=build --chown=0:0 --chmod=a=r /src/private /mine/
COPY --from=build /nothing-h* /src/tw[i]n /matched/

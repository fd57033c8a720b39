FROM corpus/base AS a
RUN mkdir /s && echo f > /s/f && ln -s f /s/l && ln /s/f /s/h && ln -s /s /d
FROM corpus/base
COPY --from=a /s /t
COPY --from=a /d/f /u
COPY --from=a /d /v

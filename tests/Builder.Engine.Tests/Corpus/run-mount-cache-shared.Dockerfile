FROM corpus/base
RUN --mount=type=cache,target=/c,id=corpus-new echo 1 > /c/f && wc -l < /c/f | tr -d ' ' > /first
RUN --mount=type=cache,target=/c,id=corpus-new echo 2 >> /c/f && wc -l < /c/f | tr -d ' ' > /second
RUN test ! -e /c && echo gone > /stub

FROM scratch
COPY --chmod=u=rwX,go= app/sub /a
COPY --chmod=a+x,g-w hello.txt /b
COPY --chmod=0 hello.txt /c

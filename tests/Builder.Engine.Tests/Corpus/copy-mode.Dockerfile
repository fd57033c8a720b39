FROM scratch
COPY --chmod=600 hello.txt /new/parent/octal
COPY --chmod=7777 hello.txt /all
COPY --chmod=u=rwX,go=rX app /symbolic/parent
COPY --chmod=a+x,g-r hello.txt /plus
COPY --chmod=+t,u+s app/run.sh /special
COPY --chmod=g=u,o= hello.txt /copied
COPY --chmod=750 app/sub /octal-dir
ARG MODE=640
COPY --chmod=$MODE --chown=1:2 hello.txt /variable

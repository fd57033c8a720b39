FROM corpus/base
ONBUILD RUN  make  all
ONBUILD ENV a=$b
ONBUILD COPY --chown=1 . /x

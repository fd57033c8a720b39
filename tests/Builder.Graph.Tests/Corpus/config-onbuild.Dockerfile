FROM scratch
ONBUILD RUN  make  all
ONBUILD ENV a=$b

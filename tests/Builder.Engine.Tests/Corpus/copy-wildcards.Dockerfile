FROM scratch
COPY *.txt /txt/
COPY many/?.txt /question/
COPY many/[ac].* /class/
COPY many/* /flat/
COPY many/o*/*.txt /nested/
COPY conf/* /dots/
COPY none* /nothing/
COPY none* hello.tx[t] /optional/
COPY archives/fake\.tar /escaped/

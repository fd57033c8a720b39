FROM corpus/base
ARG X="a b" Y='c d' Z=e\ f
RUN echo "$X|$Y|$Z" > /q

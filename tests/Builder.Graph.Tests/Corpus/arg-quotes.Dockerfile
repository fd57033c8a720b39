FROM scratch
ARG X="a b" Y='c d'
ENV A=$X$Y

ARG G=g
FROM scratch
ENV A=[$G]

ARG G=g
FROM scratch
ARG G
ARG A=1 B=$A C
RUN ["x"]

FROM scratch AS a
ARG X=1
FROM a
ENV Y=[$X]

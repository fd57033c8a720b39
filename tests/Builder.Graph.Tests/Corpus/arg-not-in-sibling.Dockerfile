FROM scratch AS a
ARG X=1
FROM scratch
ENV Y=[$X]

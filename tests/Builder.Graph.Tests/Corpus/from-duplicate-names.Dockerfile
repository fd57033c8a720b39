FROM scratch AS a
ENV N=1
FROM scratch AS a
ENV N=2
FROM a

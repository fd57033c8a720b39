FROM scratch
FROM 0
USER x

FROM scratch
COPY --chmod=600 <<a <<b /d/
1
a
2
b

FROM scratch
COPY x <<e y /d/
1
e

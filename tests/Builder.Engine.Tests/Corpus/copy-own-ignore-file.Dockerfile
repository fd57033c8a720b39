# Q1: .dockerignore of the context is not read
FROM scratch
COPY . /all/
COPY ignored /ignored

FROM scratch
WORKDIR /w
COPY a b
COPY a b c/
COPY ["a b", "/c d"]
COPY . .

FROM scratch
COPY . /all/
COPY ignored /ignored

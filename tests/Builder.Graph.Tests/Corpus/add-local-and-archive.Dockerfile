FROM scratch
ADD a.tar.gz /d
ADD --unpack=false b.tar /d/

FROM scratch
ADD --unpack=false archives/plain.tar /kept/
ADD --unpack=true archives/t.tar.gz /open/
ADD archives/text.gz /text.gz

FROM corpus/base
ADD --unpack=false archives/plain.tar /kept/
ADD --unpack=true archives/plain.tar /unpacked
ADD --chown=1:2 --chmod=700 archives/t.tar.xz /owned
ADD archives/text.gz archives/empty.tar archives/fake.tar /no-archives/
ADD archives/*.tar /wild/
ADD archives/plain.tar /var/run
ADD hello.txt app /mixed/
RUN rm -r /wild/t/twin

FROM corpus/base
ENV d=/d u=ann p=80 s=9 f=hello
WORKDIR $d/x
USER $u
EXPOSE $p
VOLUME $d/v
STOPSIGNAL $s
COPY --chown=1:$p --chmod=6${p%%8*}44 $f.txt $d/
ADD ${f}.txt ${d}/added
ONBUILD USER $u

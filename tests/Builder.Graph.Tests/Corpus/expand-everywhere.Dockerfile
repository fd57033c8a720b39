FROM scratch
ENV d=/d u=me p=80 s=9
WORKDIR $d/x
USER $u
EXPOSE $p
VOLUME $d
STOPSIGNAL $s
COPY --chown=1:$p --chmod=6${p%%8*}44 a$p $d/

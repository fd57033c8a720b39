FROM corpus/base
COPY --chmod=755 app/run.sh /opt/bin/mine
ENV PATH=/opt/bin:$PATH
RUN mine > /out

FROM corpus/base
RUN mkdir -p /x/t /elsewhere && echo old > /x/t/file && echo mine > /x/t/mine && ln -s /etc/passwd /x/t/link && chmod 700 /x/t
ADD archives/plain.tar /x
RUN rm -r /x && mkdir /x && ln -s /elsewhere /x/t
ADD archives/plain.tar /x

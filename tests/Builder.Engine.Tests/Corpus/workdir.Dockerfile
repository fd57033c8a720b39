# W2: what is made is the user's; what is there stays as it is; / makes nothing
FROM corpus/base
WORKDIR relative
WORKDIR /made/by/root
WORKDIR deeper
USER ann
WORKDIR /of ann/too
RUN pwd > /tmp/pwd
WORKDIR /opt/old
USER 7:8
WORKDIR /home/ann/work
WORKDIR ..
WORKDIR /

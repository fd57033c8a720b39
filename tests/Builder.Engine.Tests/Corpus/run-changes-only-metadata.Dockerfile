FROM corpus/base
RUN chmod 700 /opt/base.txt
RUN chown ann:staff /opt
RUN touch -d @5 /opt/base.txt

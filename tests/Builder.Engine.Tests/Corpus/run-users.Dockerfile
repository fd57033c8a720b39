# R7: the user of USER, with the groups of /etc/group where the name alone is given
FROM corpus/base
RUN chmod 777 /opt
USER ann
RUN id > /opt/ann; touch /tmp/ann
USER ann:staff
RUN id > /opt/ann-staff
USER 1000
RUN id -u > /opt/number; id -G >> /opt/number
USER 4711
RUN id -u > /opt/unknown; id -g >> /opt/unknown
USER 4711:12
RUN id -u > /opt/pair; id -g >> /opt/pair
USER :50
RUN id -u > /opt/group; id -g >> /opt/group

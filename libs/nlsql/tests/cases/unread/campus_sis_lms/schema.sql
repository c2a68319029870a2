CREATE TABLE sis_programme(programme_code text primary key, programme_name text, faculty text, degree_level text);
CREATE TABLE sis_student(student_id integer primary key, first_name text, last_name text, email text, programme_code text references sis_programme(programme_code), enrol_year integer, status text, birth_date text);
CREATE TABLE sis_course(course_code text primary key, course_title text, credits integer, department text);
CREATE TABLE sis_enrolment(enrolment_id integer primary key, student_id integer references sis_student(student_id), course_code text references sis_course(course_code), term text, grade real);
CREATE TABLE lms_user_export(UserKey text, StudentID integer, Email text, UserRole text, LastLogin text, IsSuspended text);
CREATE TABLE lms_course_shell(ShellId integer, CourseCode text, Instructor text, IsPublished text, CreatedOn text, SeatCount integer);
